import {
  ApiExtraModels,
  ApiProperty,
  type ApiPropertyOptions,
  ApiPropertyOptional,
  getSchemaPath,
} from '@nestjs/swagger';

import { type FlowLayout, flowLayouts } from '../../flows/flow-choices.js';

type Class<T = object> = abstract new () => T;

/** Flow data in a challenge. */
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

/** An error in a response. */
class ErrorDetailDto {
  @ApiProperty({ description: 'Message for the visitor.', example: 'Enter your name.' }) string!: string;
  @ApiProperty({ description: 'Machine-readable kind of the error.', example: 'required' }) code!: string;
}

/** A message for the visitor that concerns no field. */
class UserMessageDto {
  @ApiProperty({
    enum: ['success', 'info', 'warning', 'error'],
    description: 'Severity of the message.',
    example: 'success',
  })
  level!: 'success' | 'info' | 'warning' | 'error';
  @ApiProperty({ description: 'Message for the visitor.', example: 'Welcome back!' }) text!: string;
}

/** Fields that every challenge can have. */
export interface ChallengeDto {
  flow_info?: ContextualFlowInfoDto;
  component: string;
  response_errors?: Record<string, ErrorDetailDto[]>;
  messages?: UserMessageDto[];
}

/** User data in a challenge. */
export interface UserInfoDto {
  pending_user: string;
  pending_user_avatar: string;
}

/** Returns the base class of a challenge. */
export function ChallengeOf(component: string): Class<ChallengeDto> {
  @ApiExtraModels(ErrorDetailDto)
  abstract class Challenge implements ChallengeDto {
    @ApiPropertyOptional({ description: 'Flow of the run.' }) flow_info?: ContextualFlowInfoDto;
    @ApiProperty({ ...onlyComponent(component), description: 'Identifies the type of the challenge.' })
    component!: string;

    @ApiPropertyOptional({
      description: 'Errors of the last response, by field.',
      type: 'object',
      additionalProperties: { type: 'array', items: { $ref: getSchemaPath(ErrorDetailDto) } },
    })
    response_errors?: Record<string, ErrorDetailDto[]>;

    @ApiPropertyOptional({
      description: 'Additional messages for the visitor.',
      type: UserMessageDto,
      isArray: true,
    })
    messages?: UserMessageDto[];
  }
  return Challenge;
}

/** Like `ChallengeOf`, for a challenge with user data. */
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
 * Returns the base class of the response to a challenge. `component` is required in the schema because generated clients
 * discriminate the union by it. The server ignores it, and clients of authentik may omit it.
 */
export function ResponseTo(component: string): Class<{ component: string }> {
  abstract class Response {
    @ApiProperty({ ...onlyComponent(component), description: 'Identifies the type of the challenge that is answered.' })
    component!: string;
  }
  return Response;
}

/**
 * The schema of `component`: an enumeration with one value, under a name of its own. openapi-generator's Go client checks
 * values of named enumerations only.
 */
function onlyComponent(component: string): ApiPropertyOptions {
  const words = component.split('-').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return { enum: [component], enumName: `${words.join('')}ComponentEnum`, default: component };
}
