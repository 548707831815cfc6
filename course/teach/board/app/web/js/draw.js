// Elements, made and kept in step with a list. All text is set as text: nothing that was sent becomes markup.

export function make(tag, settings = {}, ...inside) {
  const made = document.createElement(tag);
  const { dataset = {}, ...properties } = settings;
  Object.assign(made, properties);
  Object.assign(made.dataset, dataset);
  made.append(...inside);
  return made;
}

export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Keep the children of `list` as `items` has them, by `key`; those that stay keep their focus and what is unfolded.
export function keep(list, items, key, create, update) {
  const before = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let child = before.get(name);
    if (child === undefined) {
      child = create(item);
      child.dataset.key = name;
    }
    before.delete(name);
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else list.insertBefore(child, place);
  }
  for (const gone of before.values()) gone.remove();
}
