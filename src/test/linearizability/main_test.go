package main

import "testing"

func call(key, outcome string, request, response int64) Call {
	return Call{Conversation: "c", Key: key, Outcome: outcome, Request: request, Response: response}
}

func TestHistories(t *testing.T) {
	cases := []struct {
		name   string
		thread []string
		calls  []Call
		right  bool
	}{
		{"one after the other", []string{"a", "b"},
			[]Call{call("a", Stored, 1, 2), call("b", Stored, 3, 4)}, true},
		{"the thread contradicts the order of time", []string{"b", "a"},
			[]Call{call("a", Stored, 1, 2), call("b", Stored, 3, 4)}, false},
		{"concurrent calls in either order", []string{"b", "a"},
			[]Call{call("a", Stored, 1, 4), call("b", Stored, 2, 3)}, true},
		{"an acknowledged message is lost", []string{"b"},
			[]Call{call("a", Stored, 1, 2), call("b", Stored, 3, 4)}, false},
		{"a message is in the thread twice", []string{"a", "a"},
			[]Call{call("a", Stored, 1, 2)}, false},
		{"two calls claim the same message", []string{"a"},
			[]Call{call("a", Stored, 1, 2), call("a", Stored, 3, 4)}, false},
		{"a repeated call finds the message", []string{"a"},
			[]Call{call("a", Stored, 1, 2), call("a", Replayed, 3, 4)}, true},
		{"a repeated call finds a message of the future", []string{"a"},
			[]Call{call("a", Replayed, 1, 2), call("a", Stored, 3, 4)}, false},
		{"a call without a response stored the message", []string{"a", "b"},
			[]Call{call("a", Unknown, 1, 2), call("b", Stored, 3, 4), call("a", Replayed, 5, 6)}, true},
		{"a call without a response takes effect later", []string{"b", "a"},
			[]Call{call("a", Unknown, 1, 2), call("b", Stored, 3, 4)}, true},
		{"a call without a response takes no effect", []string{"b"},
			[]Call{call("a", Unknown, 1, 2), call("b", Stored, 3, 4)}, true},
		{"a message that nobody sent", []string{"x"}, nil, false},
	}
	for _, one := range cases {
		t.Run(one.name, func(t *testing.T) {
			wrong := check(History{Calls: one.calls, Threads: map[string][]string{"c": one.thread}})
			if (wrong == "") != one.right {
				t.Errorf("%q", wrong)
			}
		})
	}
}
