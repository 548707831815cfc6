// The page: the list of lots, or the lot in the URL (#lot=7); and the logged-in user.

import {showCatalogue} from "./catalogue.js";
import * as login from "./login.js";
import {logOut} from "./api.js";
import {currentUser, isLoggedIn} from "./http.js";
import {watchLot} from "./events.js";

const [button, userName, announcer, catalogue, lot] = ["login", "user-name", "announcer", "catalogue", "lot"]
  .map((id) => document.getElementById(id));
let watched = null, endCatalogue = null;

function route() {
  const id = /^#lot=(\d+)$/.exec(location.hash)?.[1];
  watched?.close();
  endCatalogue?.();
  watched = id ? watchLot(id, lot, announcer) : null;
  [catalogue.hidden, lot.hidden] = [Boolean(id), !id];
  endCatalogue = id ? null : showCatalogue(catalogue);
}
function changed() {
  [userName.textContent, button.textContent] = [currentUser()?.name ?? "", isLoggedIn() ? "Log out" : "Log in"];
  watched?.reconnect();
}
button.addEventListener("click", () => (isLoggedIn() ? logOut() : login.open()));
addEventListener("login", changed);
addEventListener("logout", changed);
addEventListener("hashchange", () => (route(), document.getElementById(watched ? "lot" : "catalogue").focus()));
route();
