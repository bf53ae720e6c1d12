import { StageFields } from '../../../flows/dto/stage.dto.js';
import { AnswerOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';

/** A user delete stage. */
export class UserDeleteStageDto extends AnswerOf(StageFields) {}

/** A user delete stage to create or to replace with. */
export class UserDeleteStageRequestDto extends RequestOf(StageFields) {}

/** Changes to a user delete stage. */
export class PatchedUserDeleteStageRequestDto extends PatchOf(UserDeleteStageRequestDto) {}
