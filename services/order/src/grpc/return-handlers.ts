import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import type { ReturnService } from '@souk/gen/souk/order/v1/return_service_pb';
import { ownerScope } from '@souk/rpc';
import { decideReturn } from '../app/decide-return.ts';
import type { OrderPorts } from '../app/ports.ts';
import type { Decision } from '../domain/return-decision.ts';
import { actorOf } from './from-proto.ts';
import { returnToProto } from './to-proto.ts';

/** The RPCs that decide about returns. */
export function returnHandlers(
  ports: Pick<OrderPorts, 'store' | 'clock'>,
): ServiceImpl<typeof ReturnService> {
  const decide = async (
    context: HandlerContext,
    decision: Decision,
    { returnId, note = '' }: { readonly returnId: string; readonly note?: string },
  ): Promise<{ orderReturn: ReturnType<typeof returnToProto> }> => {
    const [scope, actor] = [ownerScope(context), actorOf(context)];
    const orderReturn = await decideReturn(ports, { returnId, scope, actor, decision, note });
    return { orderReturn: returnToProto(orderReturn) };
  };
  return {
    approveReturn: (request, context) => decide(context, 'approved', request),
    refuseReturn: (request, context) => decide(context, 'refused', request),
    withdrawReturn: ({ returnId }, context) => decide(context, 'withdrawn', { returnId }),
    recordReturnArrival: ({ returnId }, context) => decide(context, 'arrived', { returnId }),
  };
}
