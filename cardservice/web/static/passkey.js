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

  function cannot(name) {
    part(name).hidden = false;
    button.disabled = true;
  }

  async function ask() {
    part("stopped").hidden = true;
    button.disabled = true;
    try {
      const publicKey = forBrowser(JSON.parse(form.dataset.options));
      part("answer").value = forServer(await navigator.credentials[kind]({ publicKey }));
      form.submit();
    } catch {
      part("stopped").hidden = false;
      button.disabled = false;
      button.focus();
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  button.dataset.ready = "";
  if (location.origin !== form.dataset.origin) cannot("elsewhere");
  else if (!window.PublicKeyCredential) cannot("missing");
  else if ("start" in form.dataset) ask();
}

document.querySelectorAll("form[data-passkey]").forEach(prepare);
