import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { ChallengeOf, UserChallengeOf } from './challenge.dto.js';

/** Access is denied, and the run ends. */
export class AccessDeniedChallengeDto extends UserChallengeOf('ak-stage-access-denied') {
  @ApiPropertyOptional({
    description: 'Reason of the denial, for the visitor.',
    example: 'Ask the administrator for an invitation.',
  })
  error_message?: string;
}

/** The flow failed, or the request was malformed. */
export class FlowErrorChallengeDto extends ChallengeOf('ak-stage-flow-error') {
  @ApiProperty({ description: 'Names the request in the log.', example: '0f8fad5bd9cb469fa16570867728950e' })
  request_id!: string;
  @ApiPropertyOptional({ description: 'For superusers.', example: 'Error: the stage failed' }) error?: string;
  @ApiPropertyOptional({ description: 'For superusers.', example: 'at DummyStageExecutor.show' }) traceback?: string;
}

/** Redirects the client. */
export class RedirectChallengeDto extends ChallengeOf('xak-flow-redirect') {
  @ApiProperty({ description: 'URL to continue at.', example: '/' }) to!: string;
}

/** HTML to show unchanged. */
export class ShellChallengeDto extends ChallengeOf('xak-flow-shell') {
  @ApiProperty({ description: 'HTML to show.', example: '<p>Please wait.</p>' }) body!: string;
}
