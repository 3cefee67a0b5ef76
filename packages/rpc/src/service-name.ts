/** The service that owns a protobuf package or type: `souk.order.v1.OrderService` belongs to `order`. */
export function serviceNameOf(typeName: string): string {
  const [root, name] = typeName.split('.');
  return root === 'souk' && name !== undefined ? name : typeName;
}
