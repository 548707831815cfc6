// One conversation over one socket: it ends once, by either side, or when it has been silent too long.

const SILENCE = 50_000; // ms: the house pings every 20 s, so after 50 without a word nobody is there

/** `heard` is given each message but pings; `ended` is called when it is over and we did not end it. */
export function converse(address, heard, ended) {
  const socket = new WebSocket(address);
  let silence = 0;
  const end = () => {
    clearTimeout(silence);
    socket.onclose = socket.onmessage = null;
    socket.close();
  };
  const lose = () => (end(), ended());
  const listen = () => (clearTimeout(silence), (silence = setTimeout(lose, SILENCE)));
  const send = (message) => {
    const open = socket.readyState === WebSocket.OPEN;
    if (open) socket.send(JSON.stringify(message));
    return open;
  };
  socket.onclose = lose;
  socket.onmessage = ({data}) => {
    listen();
    const message = JSON.parse(data);
    if (message.type === "ping") send({type: "pong"});
    else heard(message);
  };
  listen();
  return {send, end};
}
