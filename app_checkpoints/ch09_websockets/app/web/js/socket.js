// One WebSocket: it ends once, by either side, or when no message has arrived for too long.

const TIMEOUT = 50_000; // ms: the service sends a ping every 20 s

/** `handle` receives each message except pings; `lost` is called when the service or the network ended it. */
export function openSocket(address, handle, lost) {
  const socket = new WebSocket(address);
  let timer = 0;
  const end = () => {
    clearTimeout(timer);
    socket.onclose = socket.onmessage = null;
    socket.close();
  };
  const lose = () => (end(), lost());
  const restartTimer = () => (clearTimeout(timer), (timer = setTimeout(lose, TIMEOUT)));
  const send = (message) => {
    const open = socket.readyState === WebSocket.OPEN;
    if (open) socket.send(JSON.stringify(message));
    return open;
  };
  socket.onclose = lose;
  socket.onmessage = ({data}) => {
    restartTimer();
    const message = JSON.parse(data);
    if (message.type === "ping") send({type: "pong"});
    else handle(message);
  };
  restartTimer();
  return {send, end};
}
