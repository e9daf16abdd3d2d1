import process from 'node:process'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { verifyAuth } from 'logto-authkit'

if (isMainThread) {
  const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env
  const options = { logtoUrl, audience }
  const threads = [1, 2].map(() => new Worker(new URL(import.meta.url), { workerData: { options } }))
  for (const thread of threads) {
    thread.on('message', (userId) => {
      console.log(userId)
      thread.terminate()
    })
  }
} else {
  const { userId } = await verifyAuth(process.env.TOKEN, workerData.options)
  parentPort.postMessage(userId)
}
