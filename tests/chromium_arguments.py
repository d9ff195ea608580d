"""How Chromium is started for tests: without what phones home, with a camera that is made up."""

WITHOUT_HTTPS = "vila.test"
"""A name that leads here, which a browser does not know: pages there are as insecure as any over plain HTTP."""

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    f"--host-resolver-rules=MAP {WITHOUT_HTTPS} 127.0.0.1",
]
