'use strict'

// Only the types of this entry matter: they add `auth` to Express's Request.
