// The page: the catalogue, or the lot that the address names (#lot=7); and who one is.

import {showCatalogue} from "./catalogue.js";
import * as door from "./door.js";
import {leave} from "./house.js";
import {isKnown, me} from "./http.js";
import {enterRoom} from "./room.js";

const [enter, who, announcer, catalogue, lot] = ["enter", "who", "announcer", "catalogue", "lot"]
  .map((id) => document.getElementById(id));
let room = null, endCatalogue = null;

function route() {
  const id = /^#lot=(\d+)$/.exec(location.hash)?.[1];
  room?.close();
  endCatalogue?.();
  room = id ? enterRoom(id, lot, announcer) : null;
  [catalogue.hidden, lot.hidden] = [Boolean(id), !id];
  endCatalogue = id ? null : showCatalogue(catalogue);
}
function changed() {
  [who.textContent, enter.textContent] = [me()?.name ?? "", isKnown() ? "Log out" : "Log in"];
  room?.again();
}
enter.addEventListener("click", () => (isKnown() ? leave() : door.open()));
addEventListener("entered", changed);
addEventListener("left", changed);
addEventListener("hashchange", () => (route(), document.getElementById(room ? "lot" : "catalogue").focus()));
route();
