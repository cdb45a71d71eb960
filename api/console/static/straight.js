// Marks that turn the direction of what follows them: a name that holds one would turn the words beside it round.
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

function straighten(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    const straight = node.data.replace(TURNING, "\ufffd");
    if (straight !== node.data) node.data = straight;
  } else node.childNodes.forEach(straighten);
}

export function start() {
  straighten(document.body);
  new MutationObserver((changes) => changes.forEach((change) => {
    if (change.type === "characterData") straighten(change.target);
    else change.addedNodes.forEach(straighten);
  })).observe(document, { subtree: true, childList: true, characterData: true });
}
