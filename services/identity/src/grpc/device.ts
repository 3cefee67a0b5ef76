import type { HandlerContext } from '@connectrpc/connect';
import type { Device } from '../domain/session.ts';

const LONGEST = 200;

/** The device a call comes from, as the edge saw it: the edge sets these headers anew on everything that comes in. */
export function deviceOf(context: HandlerContext): Device {
  const header = (name: string): string => context.requestHeader.get(name) ?? '';
  const forwarded = header('x-forwarded-for').split(',').at(-1) ?? '';
  const address = header('x-envoy-external-address') || forwarded;
  return { userAgent: header('user-agent').slice(0, LONGEST), address: address.trim().slice(0, 64) };
}
