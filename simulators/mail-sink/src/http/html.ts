import type { Mail } from '../mailbox.ts';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#222}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #ddd}
iframe{width:100%;height:32rem;border:1px solid #ddd}pre{white-space:pre-wrap;background:#f6f6f6;padding:1rem}`;

/** A text made safe inside HTML, in content and in quoted attributes. */
function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** All mails, newest first. */
export function listPage(mails: readonly Mail[]): string {
  const rows = mails
    .toReversed()
    .map(
      (mail) => `<tr><td>${escapeHtml(mail.receiveTime)}</td><td>${escapeHtml(mail.to.join(', '))}</td>
<td><a href="/messages/${escapeHtml(mail.id)}">${escapeHtml(mail.subject || '(no subject)')}</a></td></tr>`,
    )
    .join('\n');
  return page(
    'Mail',
    `<h1>Mail</h1><table><tr><th>Received</th><th>To</th><th>Subject</th></tr>${rows}</table>`,
  );
}

/** One mail. Its HTML is shown in a frame without scripts, forms or origin, so that a mail cannot do harm here. */
export function mailPage(mail: Mail): string {
  const { subject, from, to, receiveTime, html, text } = mail;
  const body =
    html === '' ? '' : `<iframe sandbox="" srcdoc="${escapeHtml(html)}" title="HTML part"></iframe>`;
  return page(
    subject,
    `<p><a href="/">All mail</a></p><h1>${escapeHtml(subject)}</h1>
<p>From ${escapeHtml(from)}<br>To ${escapeHtml(to.join(', '))}<br>${escapeHtml(receiveTime)}</p>
${body}<h2>Text part</h2><pre>${escapeHtml(text)}</pre>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${STYLE}</style>${body}</html>`;
}
