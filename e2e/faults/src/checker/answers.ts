import type { Facts } from '../facts/facts.ts';
import type { Report } from './broken.ts';
import { isSold } from './orders.ts';

/** What buyers were told against what became of their orders. */
export function checkAnswers({ buyers, books }: Facts, report: Report): void {
  for (const { buyerId, requestId, wanted, answer } of buyers) {
    const own = books.orders.filter((order) => order.customerId === buyerId);
    const sold = own.filter(isSold);
    if (own.length > 1)
      report('a request places one order', buyerId, `request ${requestId} placed ${own.length} orders`);
    switch (answer.kind) {
      case 'unknown':
        report('every buyer gets an answer', buyerId, `the last call came to ${answer.last}`);
        break;
      case 'ok': {
        const order = sold.find(({ orderId }) => orderId === answer.orderId);
        if (order === undefined)
          report('the answer is what happened', buyerId, `was told ${answer.orderId} is paid; it is lost`);
        else if (order.units !== wanted)
          report('the answer is what happened', buyerId, `wanted ${wanted} units, has bought ${order.units}`);
        else if (order.total !== answer.total)
          report('the answer is what happened', buyerId, `was told ${answer.total}, is ${order.total}`);
        break;
      }
      case 'refused':
        if (sold.length > 0)
          report('the answer is what happened', buyerId, `was refused ${answer.reason}, yet has bought`);
        if (answer.reason !== 'STOCK_INSUFFICIENT')
          report('a refusal is for want of stock', buyerId, `was refused ${answer.reason}`);
        break;
    }
  }
  const known = new Set(buyers.map(({ buyerId, requestId }) => `${buyerId} ${requestId}`));
  for (const { orderId, customerId, requestId } of books.orders) {
    if (!known.has(`${customerId} ${requestId}`))
      report('every order is somebody’s', orderId, `no buyer sent ${requestId} as ${customerId}`);
  }
}
