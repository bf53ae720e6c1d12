import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { ChallengeOf, UserChallengeOf } from './challenge.dto.js';

/** The run is over, and not well. */
export class AccessDeniedChallengeDto extends UserChallengeOf('ak-stage-access-denied') {
  @ApiPropertyOptional({ description: 'Reason of the denial, for the visitor.', example: 'Unknown error' })
  error_message?: string;
}

/** Something failed that is not the visitor's fault, or the request could not be read. */
export class FlowErrorChallengeDto extends ChallengeOf('ak-stage-flow-error') {
  @ApiProperty({ description: 'Names the request in the log.', example: '0f8fad5bd9cb469fa16570867728950e' })
  request_id!: string;
  @ApiPropertyOptional({ description: 'For superusers.', example: 'Error: the stage failed' }) error?: string;
  @ApiPropertyOptional({ description: 'For superusers.', example: 'at DummyStageExecutor.show' }) traceback?: string;
}

/** Go somewhere else. */
export class RedirectChallengeDto extends ChallengeOf('xak-flow-redirect') {
  @ApiProperty({ description: 'URL to continue at.', example: '/' }) to!: string;
}

/** A page to show as it is. */
export class ShellChallengeDto extends ChallengeOf('xak-flow-shell') {
  @ApiProperty({ description: 'HTML to show.', example: '<p>Please wait.</p>' }) body!: string;
}
