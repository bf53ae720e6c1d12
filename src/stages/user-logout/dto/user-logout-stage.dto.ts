import { StageFields } from '../../../flows/dto/stage.dto.js';
import { AnswerOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';

/** A user logout stage. */
export class UserLogoutStageDto extends AnswerOf(StageFields) {}

/** A user logout stage to create or to replace with. */
export class UserLogoutStageRequestDto extends RequestOf(StageFields) {}

/** Changes to a user logout stage. */
export class PatchedUserLogoutStageRequestDto extends PatchOf(UserLogoutStageRequestDto) {}
