"""What is measured inside a page. Playwright may evaluate there whatever the page's own content policy says."""

from __future__ import annotations

CONTRASTS = """() => {
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = colour => {
    probe.clearRect(0, 0, 1, 1); probe.fillStyle = colour; probe.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = probe.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((part, i) => part * a + under[i] * (1 - a));
  const luminance = rgb => {
    const [r, g, b] = rgb.map(part => part / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const ground = () => {
    const patch = document.body.appendChild(document.createElement('i'));
    patch.style.backgroundColor = 'Canvas';
    const colour = rgba(getComputedStyle(patch).backgroundColor);
    patch.remove();
    return colour.slice(0, 3);
  };
  const canvas = ground();
  const contrast = (element, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    let opacity = pseudo ? Number(style.opacity) : 1;
    let under = canvas;
    for (let up = element; up; up = up.parentElement) opacity *= Number(getComputedStyle(up).opacity);
    for (const up of [...ancestors(element)].reverse()) under = over(rgba(getComputedStyle(up).backgroundColor), under);
    const [r, g, b, a] = rgba(style.color);
    const [x, y] = [luminance(over([r, g, b, a * opacity], under)), luminance(under)];
    return (Math.max(x, y) + .05) / (Math.min(x, y) + .05);
  };
  function* ancestors(element) { for (let up = element; up; up = up.parentElement) yield up; }
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const words = texts.currentNode.data.trim();
    if (words) found.push([words, contrast(texts.currentNode.parentElement, null)]);
  }
  for (const cell of document.querySelectorAll('[data-column]'))
    if (getComputedStyle(cell, '::before').content !== 'none')
      found.push([cell.dataset.column, contrast(cell, '::before')]);
  return found;
}"""
"""Every text of the page with its contrast (WCAG 2.2, 1.4.3) to what is under it."""

SHOWN_COLUMNS = """() => [...document.querySelectorAll('td[data-column]')]
  .filter(cell => getComputedStyle(cell, '::before').content !== 'none').map(cell => cell.dataset.column)"""
"""The cells that say which column they are in."""

BEYOND = """() => [...document.querySelectorAll('body *:not(thead, thead *)')]
  .filter(one => one.getBoundingClientRect().right > innerWidth || one.getBoundingClientRect().left < 0)
  .map(one => one.outerHTML.slice(0, 200))"""
"""The elements that reach out of the window to a side; a table's head may, where it is only for screen readers."""

COLLIDING = """() => [...document.querySelectorAll('tr')].flatMap(row => {
  const boxes = [...row.children].map(cell => {
    const words = document.createRange(); words.selectNodeContents(cell);
    return words.getBoundingClientRect();
  }).filter(box => box.width);
  return boxes.filter((a, i) => boxes.some((b, j) => j > i && a.right > b.left + 1 && b.right > a.left + 1
    && a.bottom > b.top + 1 && b.bottom > a.top + 1)).map(() => row.innerText.slice(0, 200));
})"""
"""The rows of which two cells' words stand on one another."""

WIDE_LABELS = """() => [...document.querySelectorAll('td[data-column]')].filter(cell => cell.innerText
  && getComputedStyle(cell, '::before').content !== 'none'
  && parseFloat(getComputedStyle(cell, '::before').width) > parseFloat(getComputedStyle(cell).paddingLeft))
  .map(cell => cell.dataset.column)"""
"""The cells in which the column's name stands on the value."""
