/** An invoice id as routes take it; what lacks the prefix gets it, and is then simply not found. */
export const invoiceIdOf = (id: string): `INV-${string}` => `INV-${id.replace(/^INV-/, "")}`;
export const approvalIdOf = (id: string): `APR-${string}` => `APR-${id.replace(/^APR-/, "")}`;
export const paymentIdOf = (id: string): `PAY-${string}` => `PAY-${id.replace(/^PAY-/, "")}`;
export const exceptionIdOf = (id: string): `EXC-${string}` => `EXC-${id.replace(/^EXC-/, "")}`;
