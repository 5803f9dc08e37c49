// Fastify with a schema for what comes in and what leaves: node server.js SUBJECT PORT
'use strict'
const fastify = require('fastify')

const text = { type: 'string' }
const integer = { type: 'integer' }
const json = 'application/json'

const subjects = {
  hello (app) {
    const schema = { response: { 200: { type: 'object', properties: { message: text } } } }
    app.get('/hello', { schema }, async (request, reply) => {
      reply.type(json)
      return { message: 'Hello' }
    })
  },

  parameters (app) {
    const schema = {
      params: { type: 'object', properties: { item_id: integer } },
      querystring: {
        type: 'object',
        properties: { q: text, limit: { type: 'integer', minimum: 1, maximum: 100, default: 10 } }
      },
      response: { 200: { type: 'object', properties: { item_id: integer, q: text, limit: integer } } }
    }
    app.get('/items/:item_id', { schema }, async (request, reply) => {
      reply.type(json)
      return { item_id: request.params.item_id, q: request.query.q, limit: request.query.limit }
    })
  },

  body (app) {
    const schema = {
      body: {
        type: 'object',
        required: ['name', 'price'],
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 100 },
          description: { type: 'string', nullable: true },
          price: { type: 'number', exclusiveMinimum: 0 },
          tags: { type: 'array', items: text, default: [] }
        }
      },
      response: {
        201: {
          type: 'object',
          properties: { id: integer, name: text, price: { type: 'number' }, tags: { type: 'array', items: text } }
        }
      }
    }
    app.post('/items', { schema }, async (request, reply) => {
      const item = request.body
      reply.code(201).type(json)
      return { id: 1, name: item.name, price: item.price, tags: item.tags }
    })
  },

  models (app) {
    const item = {
      type: 'object',
      properties: {
        id: integer,
        name: text,
        price: { type: 'number' },
        tags: { type: 'array', items: text },
        in_stock: { type: 'boolean' }
      }
    }
    const schema = { response: { 200: { type: 'array', items: item } } }
    const items = Array.from({ length: 50 }, (_, index) => ({
      id: index + 1, name: `Item ${index + 1}`, price: index + 1.5, tags: ['red', 'new'], in_stock: true
    }))
    app.get('/items', { schema }, async (request, reply) => {
      reply.type(json)
      return items
    })
  }
}
subjects.not_found = subjects.hello
subjects.invalid = subjects.parameters
subjects.hello_proxied = subjects.hello
for (const name of ['hello', 'parameters', 'body']) subjects[`${name}_browser`] = subjects[name]

const [subject, port] = process.argv.slice(2)
const app = fastify()
subjects[subject](app)
app.listen({ host: '127.0.0.1', port: Number(port) })
