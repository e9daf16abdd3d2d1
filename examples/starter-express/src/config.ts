export interface Config {
  logtoUrl: string
  audience: string
  webhookSigningKey: string
  port: number
}

/** The settings of the environment. One that is not set stops the app at its start, by name. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const required = (name: string) => {
    const value = env[name]
    if (!value) throw new Error(`The variable ${name} is not set: see .env.example.`)
    return value
  }
  return {
    logtoUrl: required('LOGTO_URL'),
    audience: required('AUDIENCE'),
    webhookSigningKey: required('LOGTO_WEBHOOK_KEY'),
    port: Number(env.PORT ?? 3000),
  }
}
