// Renders Markdown with the libraries of LibreChat's page, put together as they are there.
//
//   window.show(markdown, release)  replaces the page by this text
//
// release "new": data that LibreChat 0.8.x renders. release "old": as releases before 0.7.7 did,
// where every directive became an element of its own name and LaTeX delimiters were replaced first.
import React from 'react';
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import ReactMarkdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import remarkDirective from 'remark-directive';
import remarkMath from 'remark-math';
import supersub from 'remark-supersub';
import rehypeKatex from 'rehype-katex';
import rehypeHighlight from 'rehype-highlight';
import { visit } from 'unist-util-visit';

const DIRECTIVES = ['textDirective', 'leafDirective', 'containerDirective'];

function artifacts() {
  return (tree) =>
    visit(tree, DIRECTIVES, (node, index, parent) => {
      if (node.type === 'textDirective') parent.children[index] = { type: 'text', value: `:${node.name}` };
      if (node.name === 'artifact') node.data = { hName: 'artifact', hProperties: node.attributes };
    });
}

function everyDirective() {
  return (tree) =>
    visit(tree, DIRECTIVES, (node) => {
      node.data = { hName: node.name, hProperties: node.attributes };
    });
}

function latexDelimiters(markdown) {
  const math = /(```[^]*?```|`[^`\n]+`)|\\\[([^]*?[^\\])\\\]|\\\((.*?)\\\)/g;
  return markdown.replace(math, (all, code, block, inline) =>
    code !== undefined ? code : block !== undefined ? `$$${block}$$` : `$${inline}$`,
  );
}

// What a card and a diagram do is enough to see that they are there.
const Card = () => <button data-acts="artifact">artifact</button>;
const Thinking = ({ children }) => <details data-acts="thinking">{children}</details>;
const Code = ({ className, children }) =>
  /language-mermaid/i.test(className ?? '') ? <div data-acts="diagram">{children}</div> : <code className={className}>{children}</code>;

const root = createRoot(document.body.appendChild(document.createElement('main')));

window.show = (markdown, release) => {
  const old = release === 'old';
  let text = markdown;
  if (old) text = latexDelimiters(text.replace('<think>', ':::thinking').replace('</think>', ':::'));
  // Before the Markdown is read, the first such pair becomes a card of its own.
  const thinking = text.match(/:::thinking([^]*?):::/)?.[1].trim();
  if (thinking) text = text.replace(/:::thinking[^]*?:::/, '').trim();
  flushSync(() =>
    root.render(
      <React.Fragment key={Math.random()}>
      {thinking && <Thinking>{thinking}</Thinking>}
      <ReactMarkdown
        remarkPlugins={[supersub, remarkGfm, remarkDirective, old ? everyDirective : artifacts, [remarkMath, { singleDollarTextMath: old }]]}
        rehypePlugins={[[rehypeKatex], [rehypeHighlight, { detect: true, ignoreMissing: true }]]}
        components={{ artifact: Card, thinking: Thinking, code: Code }}
      >
        {text}
      </ReactMarkdown>
      </React.Fragment>,
    ),
  );
};

// remark-supersub takes these two characters out of the text of links too.
const plain = (address) => {
  let text = address;
  try {
    text = decodeURI(address);
  } catch {}
  return text.replace(/[~^]/g, '');
};

const ACTING = `[data-acts], [src], [srcset], [data], image, link, script, style, [style*="url("]`;

// Every element that acts, and every link that shows another address than the one it leads to.
window.acting = () => {
  const main = document.querySelector('main');
  const found = [...main.querySelectorAll(ACTING)].map((element) => element.outerHTML);
  for (const link of main.querySelectorAll('a')) {
    const address = link.getAttribute('href') ?? '';
    const shown = plain(link.textContent);
    const forms = [address, address.replace(/^mailto:/, ''), address.replace(/^http:\/\//, '')];
    if (address !== '' && !forms.some((form) => plain(form) === shown)) found.push(link.outerHTML);
  }
  return found;
};

window.words = () => document.querySelector('main').textContent;
