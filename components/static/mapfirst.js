/* Says once that the map has painted, or that waiting longer for it is of no use. */
export default function ({ data, setTriggerValue }) {
  let said = false;
  const say = () => {
    if (said) return;
    said = true;
    setTriggerValue("painted", true);
  };
  const channel = new BroadcastChannel(data.channel);
  channel.onmessage = ({ data: message }) => { if (message?.type === "shown" || message?.type === "failed") say(); };
  channel.postMessage({ type: "ask" });
  const timer = setTimeout(say, data.patience);
  return () => { clearTimeout(timer); channel.close(); };
}
