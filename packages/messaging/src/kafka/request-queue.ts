// A declaration for a file of kafkajs; whoever compiles this file needs it too.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-internals.d.ts" />
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/**
 * Mends kafkajs 2.2.4, which looks for waiting requests once a millisecond on every connection for ever, even when none
 * wait: the time to its next look is counted from −1, and Node.js makes one millisecond of a negative delay (and warns).
 * A request that has to wait schedules a look by itself, so that without one there is nothing to schedule.
 */
export function quietRequestQueues(): void {
  if (isMended) return;
  isMended = true;
  const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;
  RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleIfAnyWait(this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
}

let isMended = false;
