import type { DescMessage, DescMethod, DescService, Registry } from '@bufbuild/protobuf';
import type { Comments } from './comments.ts';

/** Who may call an RPC from outside the mesh, or that nobody may. */
export type AuthRule =
  | { readonly kind: 'public' }
  | { readonly kind: 'guest'; readonly unlessPermission?: string }
  | { readonly kind: 'user'; readonly unlessPermission?: string }
  | { readonly kind: 'permission'; readonly permission: string }
  | { readonly kind: 'internal' };

/** What one call costs; the name of a `souk.options.v1.CostClass` without its prefix. */
export type CostClassName = 'READ' | 'SEARCH' | 'WRITE' | 'CHECKOUT' | 'CREDENTIAL' | 'STREAM';

/** The verbs a `google.api.http` rule can have here. */
export type HttpVerb = 'get' | 'put' | 'post' | 'patch' | 'delete';

/** One REST binding of an RPC. */
export interface HttpRoute {
  readonly verb: HttpVerb;
  /** The template as written, for example `/v1/orders/{order_id}:cancel`. */
  readonly template: string;
  /** The field paths bound by the template, for example `order_id` or `product.product_id`. */
  readonly variables: readonly string[];
  /** Request field that is the HTTP body; `*` for all that the path does not bind; empty for none. */
  readonly body: string;
  /** Response field that is the HTTP body; empty for the whole response. */
  readonly responseBody: string;
}

/** Everything a contract says about one RPC. */
export interface MethodContract {
  /** The owning service's short name, for example `order`. */
  readonly service: string;
  readonly desc: DescMethod;
  /** `souk.order.v1.OrderService/PlaceOrder`. */
  readonly fullName: string;
  /** Undefined when the contract forgot it, which the check refuses. */
  readonly auth: AuthRule | undefined;
  readonly callers: readonly string[];
  /** Undefined where the contract leaves the default. */
  readonly statedTimeoutMs: number | undefined;
  /** The stated timeout or the platform's default of 2 s. */
  readonly timeoutMs: number;
  readonly cost: CostClassName;
  readonly routes: readonly HttpRoute[];
  /** Declared `NO_SIDE_EFFECTS`: safe to repeat. */
  readonly readOnly: boolean;
  readonly serverStreaming: boolean;
  readonly clientStreaming: boolean;
}

/** One service with its RPCs in the order of the file. */
export interface ServiceContract {
  /** Short name, for example `order`. */
  readonly name: string;
  readonly desc: DescService;
  readonly methods: readonly MethodContract[];
}

/** One package of events (facts on Kafka) or tasks (work on RabbitMQ). */
export interface MessagePackage {
  /** The owning service's short name. */
  readonly service: string;
  readonly kind: 'events' | 'tasks';
  /** `souk.order.events.v1`. */
  readonly name: string;
  /** Top-level messages in the order of the file. */
  readonly messages: readonly DescMessage[];
}

/** The whole platform's contract, services and packages sorted by name. */
export interface Contract {
  readonly services: readonly ServiceContract[];
  readonly messagePackages: readonly MessagePackage[];
  readonly registry: Registry;
  readonly comments: Comments;
}

/** The RPC is reachable through the edge. */
export function isExposed(method: MethodContract): boolean {
  return method.auth !== undefined && method.auth.kind !== 'internal';
}

/** All RPCs of the contract, service by service. */
export function methodsOf(contract: Contract): readonly MethodContract[] {
  return contract.services.flatMap((service) => service.methods);
}

/** The RPCs reachable through the edge, service by service. */
export function exposedMethodsOf(contract: Contract): readonly MethodContract[] {
  return methodsOf(contract).filter(isExposed);
}
