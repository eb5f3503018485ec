import type { PendingRequest } from './codex.ts';
import type { PersonRequest } from './protocol.ts';

/** What a person is asked, in words, from a request of Codex. */
export function describeRequest(request: PersonRequest, at = new Date().toISOString()): PendingRequest {
  return { id: String(request.id), at, ...describe(request) };
}

function describe(request: PersonRequest): Pick<PendingRequest, 'kind' | 'title' | 'detail'> {
  switch (request.method) {
    case 'item/commandExecution/requestApproval': {
      const { command, reason } = request.params;
      return { kind: 'command', title: 'Run a command?', detail: lines(command, reason) };
    }
    case 'item/fileChange/requestApproval': {
      const { grantRoot, reason } = request.params;
      return { kind: 'file-change', title: 'Change files?', detail: lines(grantRoot, reason) };
    }
    case 'item/permissions/requestApproval': {
      const { cwd, reason } = request.params;
      return { kind: 'permissions', title: 'Grant permissions?', detail: lines(cwd, reason) };
    }
    case 'item/tool/requestUserInput': {
      const [first] = request.params.questions;
      const detail = request.params.questions.map(({ question, options }) => {
        return lines(question, ...(options ?? []).map((option) => `- ${option.label}`));
      });
      return { kind: 'question', title: first?.header || 'A question', detail: lines(...detail) };
    }
    case 'mcpServer/elicitation/request': {
      const { serverName, message, url } = request.params;
      return { kind: 'elicitation', title: `${serverName} asks`, detail: lines(message, url) };
    }
  }
}

function lines(...parts: (string | null | undefined)[]): string {
  return parts.filter(Boolean).join('\n');
}
