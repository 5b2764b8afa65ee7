// Checks that a recorded history of keyed injections is linearizable, with Porcupine.
//
// The history has the calls of all clients with the times of request and response, and the messages
// of each conversation in the order of their thread after the last call. A history is linearizable
// if each call takes effect at one moment between its request and its response, and if the effects
// in the order of these moments give the responses and the final thread.
//
// Usage: linearizability <history.json>. The exit code is 1 if the history is not linearizable.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/anishathalye/porcupine"
)

// Outcome of a call.
const (
	Stored   = "stored"   // 201: this call stored the message
	Replayed = "replayed" // 201 with Idempotency-Replayed: an earlier call stored the message
	Unknown  = "unknown"  // no response, 202 or 5xx: the call may take effect at any later time
)

// Call is one request of a client.
type Call struct {
	Client       int    `json:"client"`
	Conversation string `json:"conversation"`
	Key          string `json:"key"`
	Outcome      string `json:"outcome"`
	Request      int64  `json:"request"`
	Response     int64  `json:"response"`
}

// History is what a test records.
type History struct {
	Calls []Call `json:"calls"`
	// Threads has the keys of each conversation, in the order of the thread.
	Threads map[string][]string `json:"threads"`
}

type input struct {
	conversation string
	key          string
	place        int // in the final thread; -1 if the message is missing there
}

// model has the number of stored messages as its state: the final thread says which messages these
// are, so that the search need not try the orders of concurrent calls.
func model() porcupine.Model {
	nondeterministic := porcupine.NondeterministicModel{
		Init: func() []interface{} { return []interface{}{0} },
		Step: func(state, in, out interface{}) []interface{} {
			stored, call, outcome := state.(int), in.(input), out.(string)
			switch {
			case outcome == Stored && call.place == stored:
				return []interface{}{stored + 1}
			case outcome == Replayed && call.place >= 0 && call.place < stored:
				return []interface{}{stored}
			case outcome == Unknown && call.place == stored:
				return []interface{}{stored, stored + 1}
			case outcome == Unknown:
				return []interface{}{stored}
			default:
				return nil
			}
		},
		Equal: func(one, other interface{}) bool { return one == other },
	}
	return nondeterministic.ToModel()
}

// check returns what is wrong; empty for a linearizable history.
func check(history History) string {
	places := map[string]map[string]int{}
	for conversation, keys := range history.Threads {
		places[conversation] = map[string]int{}
		for place, key := range keys {
			if _, twice := places[conversation][key]; twice {
				return fmt.Sprintf("key %s is twice in conversation %s", key, conversation)
			}
			places[conversation][key] = place
		}
	}
	last := int64(0)
	for _, call := range history.Calls {
		if call.Response > last {
			last = call.Response
		}
	}
	operations := map[string][]porcupine.Operation{}
	explained := map[string]map[string]bool{}
	for _, call := range history.Calls {
		place, found := places[call.Conversation][call.Key]
		if !found {
			place = -1
		}
		if explained[call.Conversation] == nil {
			explained[call.Conversation] = map[string]bool{}
		}
		explained[call.Conversation][call.Key] = true
		response := call.Response
		if call.Outcome == Unknown {
			response = last + 1
		}
		operations[call.Conversation] = append(operations[call.Conversation], porcupine.Operation{
			ClientId: call.Client,
			Input:    input{call.Conversation, call.Key, place},
			Call:     call.Request,
			Output:   call.Outcome,
			Return:   response,
		})
	}
	for conversation, keys := range history.Threads {
		for _, key := range keys {
			if !explained[conversation][key] {
				return fmt.Sprintf("no call explains key %s of conversation %s", key, conversation)
			}
		}
	}
	for conversation, calls := range operations {
		switch porcupine.CheckOperationsTimeout(model(), calls, time.Minute) {
		case porcupine.Ok:
		case porcupine.Unknown:
			return "the search of conversation " + conversation + " did not end within a minute"
		default:
			return "conversation " + conversation + " is not linearizable"
		}
	}
	return ""
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	var history History
	if err := json.Unmarshal(text, &history); err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	if wrong := check(history); wrong != "" {
		fmt.Println(wrong)
		os.Exit(1)
	}
	fmt.Printf("linearizable: %d calls, %d conversations\n", len(history.Calls), len(history.Threads))
}
