import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { ChallengeOf, UserChallengeOf } from './challenge.dto.js';

/** The run is over, and not well. */
export class AccessDeniedChallengeDto extends UserChallengeOf('ak-stage-access-denied') {
  @ApiPropertyOptional() error_message?: string;
}

/** Something failed that is not the visitor's fault, or the request could not be read. */
export class FlowErrorChallengeDto extends ChallengeOf('ak-stage-flow-error') {
  @ApiProperty({ description: 'Names the request in the log.' }) request_id!: string;
  @ApiPropertyOptional({ description: 'For superusers.' }) error?: string;
  @ApiPropertyOptional({ description: 'For superusers.' }) traceback?: string;
}

/** Go somewhere else. */
export class RedirectChallengeDto extends ChallengeOf('xak-flow-redirect') {
  @ApiProperty() to!: string;
}

/** A page to show as it is. */
export class ShellChallengeDto extends ChallengeOf('xak-flow-shell') {
  @ApiProperty() body!: string;
}
