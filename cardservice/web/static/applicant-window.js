// Every page of the desk says which language the person at the counter has pointed to, or that the session is over (null):
// the window that faces them must not outlive them (interpreter.js).

const channel = new BroadcastChannel("applicant");
channel.postMessage(document.body.dataset.applicant ?? null);
channel.close();
