desks = Pages of your post
