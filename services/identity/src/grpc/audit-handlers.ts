import { create } from '@bufbuild/protobuf';
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import {
  type AuditEntry as AuditEntryMessage,
  AuditEntrySchema,
  ListAuditEntriesRequestSchema,
} from '@souk/gen/souk/identity/v1/audit_pb';
import type { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { fingerprintOf, type PageTokens, pageSizeOf } from '@souk/rpc';
import type { IdentityPorts } from '../app/ports.ts';
import type { ChainedEntry } from '../domain/audit.ts';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 200;

/** The RPCs about the audit log. */
export function auditHandlers(
  { auditLog }: Pick<IdentityPorts, 'auditLog'>,
  pageTokens: PageTokens,
): Pick<ServiceImpl<typeof IdentityService>, 'listAuditEntries' | 'verifyAuditLog'> {
  return {
    async listAuditEntries(request) {
      const fingerprint = fingerprintOf(ListAuditEntriesRequestSchema, request);
      const limit = pageSizeOf(request.pageSize, DEFAULT_PAGE, LARGEST_PAGE);
      const [before] = pageTokens.decode(request.pageToken, fingerprint) ?? [];
      const rows = await auditLog.search({
        actorId: request.actorId,
        subjectId: request.subjectId,
        action: request.action,
        from: request.startTime && timestampDate(request.startTime),
        to: request.endTime && timestampDate(request.endTime),
        before: before === undefined ? undefined : BigInt(before),
        limit: limit + 1,
      });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const more = rows.length > limit && last !== undefined;
      return {
        entries: page.map(entryToProto),
        nextPageToken: more ? pageTokens.encode([last.sequence.toString()], fingerprint) : '',
      };
    },

    async verifyAuditLog() {
      const { checked, lastHash, broken } = await auditLog.verify();
      return {
        intact: broken === undefined,
        verifiedEntries: checked,
        brokenSequence: broken?.sequence ?? 0n,
        headHash: lastHash,
      };
    },
  };
}

function entryToProto(entry: ChainedEntry): AuditEntryMessage {
  return create(AuditEntrySchema, {
    sequence: entry.sequence,
    entryTime: timestampFromDate(entry.time),
    actorId: entry.actorId,
    action: entry.action,
    subjectId: entry.subjectId,
    detail: { ...entry.detail },
    hash: entry.hash,
  });
}
