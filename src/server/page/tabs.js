// Tabs as the ARIA practices have them: one stop of the Tab key, arrows, Home and End move and choose.

/** `onShow(name)` is called with the panel's id, also for the first. */
export function startTabs(tablist, onShow) {
  const tabs = [...tablist.querySelectorAll("[role=tab]")];
  const panelOf = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

  function show(chosen) {
    for (const tab of tabs) {
      const isChosen = tab === chosen;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      panelOf(tab).hidden = !isChosen;
    }
    onShow(panelOf(chosen).id);
  }

  // The address names what was chosen. Not the first tab by itself: a browser would begin its stops of the Tab key there.
  function choose(tab) {
    history.replaceState(null, "", `#${panelOf(tab).id}`);
    show(tab);
  }

  function move(event) {
    const at = tabs.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length];
    tab.focus();
    choose(tab);
  }

  for (const tab of tabs) tab.addEventListener("click", () => choose(tab));
  tablist.addEventListener("keydown", move);
  const named = () => tabs.find((tab) => panelOf(tab).id === location.hash.slice(1));
  addEventListener("hashchange", () => named() && show(named()));
  show(named() ?? tabs[0]);
}
