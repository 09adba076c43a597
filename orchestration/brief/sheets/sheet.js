"use strict";
const styles = getComputedStyle(document.documentElement);
const plain = (svg) => new XMLSerializer().serializeToString(svg)
  .replace(/var\((--[a-z]+)[^)]*\)/g, (_, name) => styles.getPropertyValue(name).trim());
const save = (name, blob) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
const copy = async (button, text) => {
  try { await navigator.clipboard.writeText(text); } catch {
    const area = document.body.appendChild(document.createElement("textarea"));
    area.value = text; area.select(); document.execCommand("copy"); area.remove();
  }
  const before = button.textContent;
  button.textContent = document.body.dataset.copied;
  setTimeout(() => { button.textContent = before; }, 1500);
};
const png = (name, svg) => {
  const image = new Image();
  const { width, height } = svg.viewBox.baseVal;
  image.onload = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
    const pen = canvas.getContext("2d");
    pen.fillStyle = styles.getPropertyValue("--paper").trim();
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(name, blob));
  };
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(plain(svg));
};
for (const figure of document.querySelectorAll("figure[id]")) {
  const svg = figure.querySelector("svg");
  const name = `${document.body.dataset.page}_${figure.id}`;
  const act = {
    svg: (button) => copy(button, plain(svg)),
    png: () => png(`${name}.png`, svg),
    csv: () => save(`${name}.csv`, new Blob([JSON.parse(figure.querySelector("script").textContent)], { type: "text/csv" })),
    embed: (button) => copy(button, `<iframe src="${location.href.split("#")[0]}#embed-${figure.id}" width="640" height="${svg.viewBox.baseVal.height + 80}" title="${figure.querySelector("figcaption").textContent}" loading="lazy"></iframe>`),
  };
  for (const button of figure.querySelectorAll("button")) button.addEventListener("click", () => act[button.dataset.act](button));
}
const embedded = location.hash.startsWith("#embed-") && document.getElementById(location.hash.slice(7));
if (embedded) { document.body.classList.add("embed"); embedded.classList.add("alone"); }
