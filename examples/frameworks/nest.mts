import 'reflect-metadata'
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  HttpException,
  Module,
  Req,
  UseGuards,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { type AuthContext, AuthError, createVerifier, type VerifyAuthOptions } from 'logto-authkit/server'

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env
const options = { logtoUrl, audience }

class LogtoGuard implements CanActivate {
  readonly #verifier

  constructor(options: VerifyAuthOptions) {
    this.#verifier = createVerifier(options)
  }

  async canActivate(context: ExecutionContext) {
    const http = context.switchToHttp()
    const request = http.getRequest()
    try {
      request.auth = await this.#verifier.verify(request)
      return true
    } catch (error) {
      // A mistake in the set-up is for the log: the client gets 500.
      if (!(error instanceof AuthError) || error.status === 500) throw error
      const { status, headers, message, code } = error
      for (const [name, value] of Object.entries(headers)) http.getResponse().header(name, value)
      throw new HttpException({ error: message, code }, status, { cause: error })
    }
  }
}

interface Guarded {
  auth: AuthContext
}

@Controller()
class AppController {
  @Get()
  hello() {
    return { hello: 'whoever you are' }
  }

  @Get('me')
  @UseGuards(new LogtoGuard(options))
  me(@Req() { auth }: Guarded) {
    return { userId: auth.userId }
  }

  @Get('admin')
  @UseGuards(new LogtoGuard({ ...options, requiredScope: 'admin:write' }))
  admin(@Req() { auth }: Guarded) {
    return { admin: auth.userId }
  }
}

@Module({ controllers: [AppController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] })
const port = process.env.PORT ?? 3000
await app.listen(port)
console.log(`Listening on port ${port}`)
