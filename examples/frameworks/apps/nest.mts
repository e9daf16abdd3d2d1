import 'reflect-metadata'
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  HttpException,
  Module,
  Req,
  ServiceUnavailableException,
  UseGuards,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { Request } from 'express'
import {
  type AuthContext,
  AuthError,
  buildGuestCookieHeader,
  createVerifier,
  isReady,
  principalOf,
  type VerifyAuthOptions,
} from 'logto-authkit/server'

export class LogtoGuard implements CanActivate {
  readonly #verifier

  constructor(options: VerifyAuthOptions) {
    this.#verifier = createVerifier(options)
  }

  async canActivate(context: ExecutionContext) {
    const http = context.switchToHttp()
    const request = http.getRequest()
    const response = http.getResponse()
    try {
      const auth = await this.#verifier.verify(request)
      if (auth.isGuest) {
        response.header('Set-Cookie', buildGuestCookieHeader(auth.guestId))
        response.header('Cache-Control', 'private')
      }
      request.auth = auth
      return true
    } catch (error) {
      if (!(error instanceof AuthError) || error.status === 500) throw error
      const { status, headers, code, message } = error
      for (const [name, value] of Object.entries(headers)) response.header(name, value)
      throw new HttpException({ title: message, status, code }, status, { cause: error })
    }
  }
}

interface Guarded {
  auth: AuthContext
}

/** The app, for your tenant or for that of a test. */
export async function createApp(options: VerifyAuthOptions) {
  const organization = ({ params }: Request<{ organizationId: string }>) => params.organizationId

  @Controller()
  class AppController {
    @Get('organizations/:organizationId')
    @UseGuards(new LogtoGuard({ ...options, organization }))
    organization(@Req() { auth }: Guarded) {
      return { organizationId: principalOf(auth).organizationId }
    }

    @Get('profile')
    @UseGuards(new LogtoGuard(options))
    profile(@Req() { auth }: Guarded) {
      return { userId: auth.userId }
    }

    @Get('feed')
    @UseGuards(new LogtoGuard({ ...options, allowGuest: true }))
    feed(@Req() { auth }: Guarded) {
      return auth.isAuthenticated ? { userId: auth.userId } : { guestId: auth.guestId }
    }

    @Get('readyz')
    ready() {
      if (!isReady(options)) throw new ServiceUnavailableException()
    }
  }

  @Module({ controllers: [AppController] })
  class AppModule {}

  const app = await NestFactory.create(AppModule, { logger: ['error'] })
  app.enableCors({ origin: 'https://app.example.com', exposedHeaders: ['WWW-Authenticate', 'Retry-After'] })
  return app
}
