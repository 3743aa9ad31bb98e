// Offsets of the server's count code points; strings here are UTF-16.

/**
 * Cuts a text at spans: [{text, span}] in order, span null between them. What overlaps an earlier span is left out.
 * @param {string} text
 * @param {{start: number, end: number}[]} spans in code points
 */
export function segments(text, spans) {
  const points = Array.from(text);
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  const parts = [];
  let at = 0;
  for (const span of sorted) {
    if (span.start < at || span.end <= span.start) continue;
    if (span.start > at) parts.push({ text: points.slice(at, span.start).join(""), span: null });
    parts.push({ text: points.slice(span.start, span.end).join(""), span });
    at = span.end;
  }
  if (at < points.length) parts.push({ text: points.slice(at).join(""), span: null });
  return parts;
}
