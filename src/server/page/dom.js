// Makes elements. Texts of users and models become text nodes only, never HTML.

/** element("p", {class: "x"}, "text", child): null and false children are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child != null && child !== false));
  return made;
}

/** A share of 1 as "97.3 %", which no line break divides. */
export function percent(share) {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

/** "1 word", "2 words". */
export function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
