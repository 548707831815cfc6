// The page: the catalogue, or the lot that the address names (#lot=7); and who one is.

import {showCatalogue} from "./catalogue.js";
import * as door from "./door.js";
import {leave} from "./house.js";
import {isKnown} from "./http.js";
import {enterRoom} from "./room.js";

const [enter, who, announcer, catalogue, lot] = ["enter", "who", "announcer", "catalogue", "lot"]
  .map((id) => document.getElementById(id));
let room = null;

function route() {
  const id = /^#lot=(\d+)$/.exec(location.hash)?.[1];
  room?.close();
  room = id ? enterRoom(id, lot, announcer) : null;
  [catalogue.hidden, lot.hidden] = [Boolean(id), !id];
  if (!id) showCatalogue(catalogue);
}
function know(me) {
  [who.textContent, enter.textContent] = [me?.name ?? "", me ? "Log out" : "Log in"];
  room?.again();
}
enter.addEventListener("click", () => (isKnown() ? leave() : door.open()));
addEventListener("entered", ({detail}) => know(detail));
addEventListener("left", () => know(null));
addEventListener("hashchange", () => (route(), document.getElementById(room ? "lot" : "catalogue").focus()));
route();
