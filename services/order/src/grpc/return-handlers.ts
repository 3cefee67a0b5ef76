import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import type { ReturnService } from '@souk/gen/souk/order/v1/return_service_pb';
import { ownerScope, principalOf } from '@souk/rpc';
import { type DecideReturnCommand, decideReturn } from '../app/decide-return.ts';
import type { OrderPorts } from '../app/ports.ts';
import type { Decision } from '../domain/return-decision.ts';
import { actorOf } from './from-proto.ts';
import { returnToProto } from './to-proto.ts';

/** The RPCs that decide about returns. */
export function returnHandlers(
  ports: Pick<OrderPorts, 'store' | 'clock'>,
): ServiceImpl<typeof ReturnService> {
  const decide = async (
    who: Pick<DecideReturnCommand, 'scope' | 'actor'>,
    decision: Decision,
    { returnId, note = '' }: { readonly returnId: string; readonly note?: string },
  ): Promise<{ orderReturn: ReturnType<typeof returnToProto> }> => {
    const orderReturn = await decideReturn(ports, { ...who, returnId, decision, note });
    return { orderReturn: returnToProto(orderReturn) };
  };
  return {
    approveReturn: (request, context) => decide(staff(context), 'approved', request),
    refuseReturn: (request, context) => decide(staff(context), 'refused', request),
    withdrawReturn: ({ returnId }, context) =>
      decide({ scope: ownerScope(context), actor: actorOf(context) }, 'withdrawn', { returnId }),
    recordReturnArrival: ({ returnId }, context) => decide(staff(context), 'arrived', { returnId }),
  };
}

/** Whoever the contract's permission lets in decides about everyone's returns. */
function staff(context: HandlerContext): Pick<DecideReturnCommand, 'scope' | 'actor'> {
  return { scope: { kind: 'any' }, actor: `staff:${principalOf(context).id}` };
}
