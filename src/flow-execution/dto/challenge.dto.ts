import {
  ApiExtraModels,
  ApiProperty,
  type ApiPropertyOptions,
  ApiPropertyOptional,
  getSchemaPath,
} from '@nestjs/swagger';

import { type FlowLayout, flowLayouts } from '../../flows/flow-choices.js';

type Class<T = object> = abstract new () => T;

/** What a challenge says of its flow. */
class ContextualFlowInfoDto {
  @ApiPropertyOptional({
    description: 'Title of the flow, with placeholders replaced.',
    example: 'Reset your password',
  })
  title?: string;
  @ApiPropertyOptional({
    description: 'URL of the background image.',
    example: '/static/dist/assets/images/flow_background.jpg',
  })
  background?: string;
  @ApiProperty({ description: 'Where to go to give up.', example: '/flows/-/cancel/' }) cancel_url!: string;
  @ApiProperty({ enum: flowLayouts, enumName: 'ContextualFlowInfoLayoutEnum', description: 'Layout of the pages.' })
  layout!: FlowLayout;
}

/** What is wrong with an answer. */
class ErrorDetailDto {
  @ApiProperty({ description: 'Message for the visitor.', example: 'This field is required.' }) string!: string;
  @ApiProperty({ description: 'Machine-readable kind of the error.', example: 'required' }) code!: string;
}

/** A text for the visitor that is no error of a field. */
class UserMessageDto {
  @ApiProperty({
    enum: ['success', 'info', 'warning', 'error'],
    description: 'Severity of the message.',
    example: 'success',
  })
  level!: 'success' | 'info' | 'warning' | 'error';
  @ApiProperty({ description: 'Message for the visitor.', example: 'Successfully logged in!' }) text!: string;
}

/** What every challenge may hold besides its own (flow execution, section 2.5). */
export interface ChallengeDto {
  flow_info?: ContextualFlowInfoDto;
  component: string;
  response_errors?: Record<string, ErrorDetailDto[]>;
  messages?: UserMessageDto[];
}

/** Whom a challenge is about. */
export interface UserInfoDto {
  pending_user: string;
  pending_user_avatar: string;
}

/** The schema of a challenge; a kind of stage adds its fields. */
export function ChallengeOf(component: string): Class<ChallengeDto> {
  @ApiExtraModels(ErrorDetailDto)
  abstract class Challenge implements ChallengeDto {
    @ApiPropertyOptional({ description: 'Flow of the run.' }) flow_info?: ContextualFlowInfoDto;
    @ApiProperty({ ...onlyComponent(component), description: 'Identifies the type of the challenge.' })
    component!: string;

    @ApiPropertyOptional({
      description: 'What was wrong with the last answer, by field.',
      type: 'object',
      additionalProperties: { type: 'array', items: { $ref: getSchemaPath(ErrorDetailDto) } },
    })
    response_errors?: Record<string, ErrorDetailDto[]>;

    @ApiPropertyOptional({
      description: 'What the visitor is told besides, if there is anything.',
      type: UserMessageDto,
      isArray: true,
    })
    messages?: UserMessageDto[];
  }
  return Challenge;
}

/** As `ChallengeOf`, for a challenge that tells whom it is about. */
export function UserChallengeOf(component: string): Class<ChallengeDto & UserInfoDto> {
  abstract class Challenge extends ChallengeOf(component) implements UserInfoDto {
    @ApiProperty({ description: 'Username that the run is about; empty if none.', example: 'jane' })
    pending_user!: string;
    @ApiProperty({
      description: 'Image of that user, as a URL.',
      example: '/static/dist/assets/images/user_default.png',
    })
    pending_user_avatar!: string;
  }
  return Challenge;
}

/**
 * The schema of the answer to a challenge. `component` is required for generated clients, which tell the members of the
 * union apart by it. The server ignores it, because it knows the stage, and clients of authentik may leave it out.
 */
export function AnswerTo(component: string): Class<{ component: string }> {
  abstract class Answer {
    @ApiProperty({ ...onlyComponent(component), description: 'Identifies the type of the challenge that is answered.' })
    component!: string;
  }
  return Answer;
}

/**
 * The schema of `component`: an enumeration with one value, under a name of its own. openapi-generator's Go client checks
 * values of named enumerations only.
 */
function onlyComponent(component: string): ApiPropertyOptions {
  const words = component.split('-').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return { enum: [component], enumName: `${words.join('')}ComponentEnum`, default: component };
}
