/* Starts the practice room of the page. */

import { follow } from "./following.js";
import { listenForSpace } from "./keys.js";
import { Room } from "./room.js";

const page = JSON.parse(document.getElementById("page").textContent);
const room = new Room(document.querySelector("[data-room]"), page);
listenForSpace(room);
room.conversation.keepAbove(document.querySelector("[data-part=dock]"));
follow(room);
