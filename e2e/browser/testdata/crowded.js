// The texts of pictures of revisions that are not wholly within their picture, or that lie upon one another.
[...document.querySelectorAll(".graph-picture")].flatMap((picture) => {
  const frame = picture.getBoundingClientRect();
  const texts = [...picture.querySelectorAll("text")].map((text) => ({ words: text.textContent, box: text.getBoundingClientRect() }));
  const outside = texts.filter(({ box }) => box.left < frame.left || box.right > frame.right + 1 || box.top < frame.top || box.bottom > frame.bottom + 1);
  // The boxes of lines below each other may touch: letters fill only the middle of them.
  const upon = ({ box: a }, { box: b }) => a.left < b.right && b.left < a.right && a.top + 4 < b.bottom && b.top + 4 < a.bottom;
  const crowded = texts.filter((one, i) => texts.some((other, k) => k > i && upon(one, other)));
  return [...outside.map(({ words }) => "cut off: " + words), ...crowded.map(({ words }) => "lies upon another: " + words)];
})
