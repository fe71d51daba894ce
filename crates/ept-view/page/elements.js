// Elements of the page.

/** An element by its id. @template {HTMLElement} T @param {string} id @param {new () => T} type @returns {T} */
export function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) {
    throw new Error(`the page has no ${type.name} #${id}`);
  }
  return found;
}

/** @param {string} id */
export const byId = (id) => element(id, HTMLElement);
/** @param {string} id */
export const input = (id) => element(id, HTMLInputElement);
/** @param {string} id */
export const button = (id) => element(id, HTMLButtonElement);

/** Makes an element with text. @param {string} tag @param {string} text @param {string} [name] of its class @returns {HTMLElement} */
export function made(tag, text, name) {
  const node = document.createElement(tag);
  node.textContent = text;
  if (name) {
    node.className = name;
  }
  return node;
}

/** A square of a colour. @param {number[]} color @returns {HTMLElement} */
export function swatch(color) {
  const node = made('span', '', 'swatch');
  node.style.backgroundColor = `rgb(${color.join(' ')})`;
  return node;
}

/** Fills a table of two columns. @param {HTMLElement} table @param {[string, string][]} rows */
export function fillTable(table, rows) {
  table.replaceChildren(
    ...rows.map(([name, value]) => {
      const row = document.createElement('tr');
      const head = made('th', name);
      head.setAttribute('scope', 'row');
      row.append(head, made('td', value));
      return row;
    }),
  );
}

/** Calls when the button that closes a card is pressed. @param {HTMLElement} card @param {() => void} close */
export function onClose(card, close) {
  card.querySelector('.close')?.addEventListener('click', close);
}

/** Copies text, and says so on the button. @param {string} text @param {HTMLElement} near where to put what is copied on old browsers */
export async function copy(text, near) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages that are not on loopback and not encrypted have no clipboard of their own.
    const area = document.createElement('textarea');
    area.value = text;
    near.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}
