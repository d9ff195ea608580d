// What can be measured of the page that is shown: put into it by looks.py. Every function returns what is wrong, as words.

globalThis.looks = (() => {
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".unseen") && !one.matches(".skip");
  const named = (one) => one.outerHTML.slice(0, 90).replace(/\s+/g, " ");

  /** A link with other words beside it in its line is as high as the line. */
  function isInASentence(one) {
    return one.matches("a") && getComputedStyle(one).display === "inline"
      && one.parentElement.textContent.trim().length > one.textContent.trim().length;
  }

  /** A tick is hit by its label too; what is read out only has no size. */
  function box(one) {
    const label = one.matches("[type=checkbox], [type=radio]") ? one.labels[0] : null;
    return (label ?? one).getBoundingClientRect();
  }

  function smallTargets(least) {
    return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
      .filter((one) => shown(one) && !isInASentence(one))
      .map((one) => [one, box(one)])
      .filter(([, { width, height }]) => Math.round(width * 10) < least * 10 || Math.round(height * 10) < least * 10)
      .map(([one, { width, height }]) => `${Math.round(width)}x${Math.round(height)} ${named(one)}`);
  }

  /** What makes the whole page wider than the window. */
  function sideways() {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [`${scrollWidth} px in ${clientWidth}`] : [];
  }

  /** Boxes that hide a part of their own text. */
  function clipped() {
    return [...document.querySelectorAll("body *")]
      .filter((one) => shown(one) && one.childElementCount === 0 && one.textContent.trim())
      .filter((one) => getComputedStyle(one).overflow !== "visible"
        && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1) && !one.matches("textarea, option"))
      .map(named);
  }

  function textBoxes() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (!node.data.trim() || !shown(node.parentElement) || node.parentElement.closest("option, svg, noscript, [aria-hidden=true]")) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const { left, top, right, bottom } of range.getClientRects()) {
        // The line of a script with high letters is higher than its ink.
        const slack = (bottom - top) * 0.3;
        if (right - left > 2) found.push({ node, left: left + 1, right: right - 1, top: top + slack, bottom: bottom - slack });
      }
    }
    return found;
  }

  /** Words that lie upon other words. */
  function overlapping() {
    const boxes = textBoxes().sort((a, b) => a.top - b.top);
    const found = [];
    boxes.forEach((one, at) => {
      for (const other of boxes.slice(at + 1)) {
        if (other.top >= one.bottom) break;
        if (other.node !== one.node && other.left < one.right && one.left < other.right) {
          found.push(`${one.node.data.trim().slice(0, 30)} | ${other.node.data.trim().slice(0, 30)}`);
        }
      }
    });
    return found;
  }

  /** Whether everything that takes the focus shows it, and nothing lies upon it. After a key was pressed. */
  function hiddenFocus() {
    const wrong = [];
    for (const one of document.querySelectorAll(CONTROLS)) {
      if (!shown(one) || one.disabled) continue;
      one.focus();
      if (document.activeElement !== one) { wrong.push(`takes no focus: ${named(one)}`); continue; }
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      if (outlineStyle !== "solid" || parseFloat(outlineWidth) < 2) wrong.push(`shows no focus: ${named(one)}`);
      one.scrollIntoView({ block: "nearest", behavior: "instant" });
      const [{ left, top, right, bottom }] = one.getClientRects();
      const there = document.elementFromPoint((left + right) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2);
      if (!there || !(one.contains(there) || there.contains(one))) wrong.push(`hidden beneath ${there && named(there)}: ${named(one)}`);
    }
    document.activeElement?.blur();
    scrollTo(0, 0);
    return wrong;
  }

  /** Pictures whose place is not kept before they come, and what moved while the page came. */
  function unmeasuredPictures() {
    return [...document.images].filter((one) => !one.getAttribute("width") || !one.getAttribute("height")).map(named);
  }

  function entries(type) {
    return new Promise((resolve) => {
      const found = [];
      const observer = new PerformanceObserver((list) => found.push(...list.getEntries()));
      observer.observe({ type, buffered: true });
      requestAnimationFrame(() => setTimeout(() => { observer.disconnect(); resolve(found); }, 0));
    });
  }

  async function shifts() {
    return (await entries("layout-shift")).filter((one) => !one.hadRecentInput)
      .map((one) => `${one.value.toFixed(4)} ${one.sources.map((each) => each.node?.outerHTML?.slice(0, 60)).join(", ")}`);
  }

  /** What delays the first picture beside the one style sheet. */
  function blocking() {
    return [...document.querySelectorAll("head link[rel=stylesheet], head script:not([type=module])")].slice(1).map(named);
  }

  function onPaper() {
    return [...document.querySelectorAll("body :is(nav, button, header, footer, .back)")]
      .filter((one) => one.checkVisibility()).map(named);
  }

  /** Problems that are seen beside a field and not read out with it, and fields that are wrong and do not say why. */
  function unheard() {
    const told = new Set([...document.querySelectorAll("[aria-describedby]")].flatMap((one) => one.getAttribute("aria-describedby").split(/\s+/)));
    return [
      ...[...document.querySelectorAll(".field__problem")].filter((one) => shown(one) && !told.has(one.id)),
      ...[...document.querySelectorAll("[aria-invalid=true]")].filter((one) => shown(one)
        && !one.getAttribute("aria-describedby")?.split(/\s+/).some((id) => document.getElementById(id))),
    ].map(named);
  }

  /** Where scripts are off: buttons that only a script makes work, and fields that only a script would show. */
  function dead() {
    for (const one of document.querySelectorAll("details")) one.open = true;
    for (const one of document.querySelectorAll("[type=checkbox]")) one.checked = true;
    const isSeen = (one) => one.checkVisibility({ visibilityProperty: true });
    const all = [...document.querySelectorAll("button, input:not([type=hidden]), select, textarea")];
    const pressed = all.filter((one) => one.matches("button"));
    return [
      ...pressed.filter((one) => isSeen(one) && (one.type === "button" || one.disabled || !one.form)).map((one) => `dead: ${named(one)}`),
      ...all.filter((one) => !isSeen(one) && one.type !== "button" && !one.closest("[data-scripted]")).map((one) => `never shown: ${named(one)}`),
      ...[...document.forms].filter((one) => !pressed.some((each) => each.form === one && isSeen(each)) && !one.matches("[data-scripted], :has([data-scripted])"))
        .map((one) => `cannot be sent: ${named(one)}`),
      ...[...document.querySelectorAll("a[href='#'], a[href^='javascript:']")].filter(isSeen).map((one) => `leads nowhere: ${named(one)}`),
    ];
  }

  function enlarge(percent) {
    document.documentElement.style.fontSize = percent ? `${1.125 * percent}%` : "";
  }

  return { smallTargets, sideways, clipped, overlapping, hiddenFocus, unmeasuredPictures, shifts, blocking, onPaper, unheard, dead, enlarge };
})();
