// Asks the browser for a passkey, or for a new one, and sends the answer as an ordinary form. Nothing is fetched and
// nothing is stored; what an answer is worth is decided on the server (docs/decisions/0021).

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));

function toText(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const withBytes = (one) => ({ ...one, id: toBytes(one.id) });

/** What the server wrote as JSON, as the browser wants it: its base64url texts as bytes. */
function forBrowser(options) {
  const read = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) read.user = withBytes(options.user);
  if (options.excludeCredentials) read.excludeCredentials = options.excludeCredentials.map(withBytes);
  if (options.allowCredentials) read.allowCredentials = options.allowCredentials.map(withBytes);
  return read;
}

/** The browser's answer as JSON. */
function forServer(credential) {
  const { id, type, response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const told = parts.filter((part) => response[part]).map((part) => [part, toText(response[part])]);
  return JSON.stringify({ id, type, rawId: toText(credential.rawId), response: Object.fromEntries(told) });
}

function prepare(form) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  const button = form.querySelector("button");
  const kind = form.dataset.passkey;
  const options = JSON.parse(form.dataset.options);
  const drawn = Date.now();
  // On the page with name and password it is one way of two: offered, and what is in its way is said on a page of its own.
  const isOffered = "offered" in form.dataset;
  const waiting = new AbortController();

  function cannot(name) {
    part(name).hidden = false;
    button.disabled = true;
  }

  async function ask() {
    waiting.abort(); // a browser asks one thing at a time
    part("stopped").hidden = true;
    button.disabled = true;
    try {
      send(await navigator.credentials[kind]({ publicKey: forBrowser(options) }));
    } catch {
      part("stopped").hidden = false;
      button.disabled = false;
      button.focus();
    }
  }

  /** The browser shows passkeys where it shows what may be typed as a name; nothing happens until one is chosen. */
  async function offer() {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    const publicKey = forBrowser(options);
    try {
      send(await navigator.credentials.get({ publicKey, mediation: "conditional", signal: waiting.signal }));
    } catch {
      // Nobody chose one: name and password, and the button, are there.
    }
  }

  function send(answer) {
    if (isOffered && isOld()) {
      askElsewhere();
      return;
    }
    part("answer").value = forServer(answer);
    form.submit();
  }

  /** A page that was left open asks for what nobody accepts any more. */
  const isOld = () => Date.now() - drawn > options.timeout;
  const askElsewhere = () => location.assign(form.action);

  const elsewhere = location.origin !== form.dataset.origin;
  const missing = !window.PublicKeyCredential;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isOffered && (elsewhere || missing || isOld())) askElsewhere();
    else ask();
  });
  form.dataset.ready = "";
  button.dataset.ready = "";
  if (isOffered) {
    if (!elsewhere && !missing) offer();
  } else if (elsewhere) cannot("elsewhere");
  else if (missing) cannot("missing");
  else if ("start" in form.dataset) ask();
}

document.querySelectorAll("form[data-passkey]").forEach(prepare);
