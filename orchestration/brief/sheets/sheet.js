"use strict";
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
  const { width, height } = drawing(svg).viewBox.baseVal;
  image.onload = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(name, blob));
  };
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
};
const drawing = (svg) => new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
for (const figure of document.querySelectorAll("figure[id]")) {
  const { svg, csv, title } = JSON.parse(figure.querySelector("script").textContent);
  const name = `${document.body.dataset.page}_${figure.id}`;
  const frame = Object.assign(document.createElement("iframe"), { title, width: 640, loading: "lazy" });
  frame.src = `${location.href.split("#")[0]}#embed-${figure.id}`;
  frame.height = Math.ceil(640 / 480 * drawing(svg).viewBox.baseVal.height) + 4;
  const act = {
    svg: (button) => copy(button, svg),
    png: () => png(`${name}.png`, svg),
    csv: () => save(`${name}.csv`, new Blob([csv], { type: "text/csv" })),
    embed: (button) => copy(button, frame.outerHTML),
  };
  for (const button of figure.querySelectorAll("button")) button.addEventListener("click", () => act[button.dataset.act](button));
  if (location.hash !== `#embed-${figure.id}`) continue;
  document.body.classList.add("embed");
  figure.classList.add("alone");
  figure.querySelector("svg").replaceWith(document.importNode(drawing(svg), true));
}
